/** A text as the JSON it holds; the text itself when it holds none, which whoever asked for an object then refuses. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
