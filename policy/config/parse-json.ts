/** A text parsed as JSON; the text itself when it is no JSON, which the validation of an object then refuses. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
