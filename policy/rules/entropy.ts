/** Tells a text that can only be random from words, numbers and names. Careful: it is to find credentials nobody has named as such, and a false
 *  alarm stops a deployment. Pure. */

/** Shortest text that is looked at, and least bits per character: words and identifiers stay below 4, random text of this length is above. */
const shortest = 24;
const leastBits = 4;

/** Names of values that are random and public. */
const publicNames =
  // cspell:disable-next-line
  /(?:digest|checksum|sha\d{0,3}|hash|cert(?:b64|base64|data|pem)?|certificate(?:data|authority|authoritydata)?|ca|cabundle|publickey|pubkey|fingerprint|revision|commit|uid|uuid|image|integrity|etag|x5[ct]|kid|gzipjson)$|^(?:[nxy]|h1)$/i;

/** Random texts that say themselves that they are public: SRI and npm integrity, go.sum, SSH public keys, and in base64 certificates and public keys of
 *  RFC 7468, and pictures by their first bytes: PNG, XML and SVG, JPEG, GIF. */
const publicTexts =
  /^(?:sha(?:1|256|384|512)[-:]|h1:|AAAA[BCE]3NzaC1|AAAAE2VjZHNh|age1|LS0tLS1CRUdJTiBDRVJUSUZJQ0FU|LS0tLS1CRUdJTiBQVUJMSUMgS0VZ|iVBORw0KGgo|PD94bWwg|PHN2Zy|\/9j\/|R0lGODlh)/;

/** Names of values that are secret when random. Digits of base 16 alone say nothing: digests and commits have them too. */
const keyNames = /(?:key|secret|salt|seed|pepper)$/i;

/** Names of OpenPGP keys, which are told by their fingerprints (RFC 9580, 5.5.4): the images of Python and Node.js have `GPG_KEY`. */
const openPgpNames = /(?:gpg|pgp)keys?$/i;

/** True when a text is one word of mixed letters and digits without any order, and its name does not say that it is public. */
export function looksRandom(name: string, text: string): boolean {
  const word = text.trim();
  const plainName = name.replace(/[^A-Za-z0-9]/g, "");
  if (word.length < shortest || publicNames.test(plainName) || publicTexts.test(word)) return false;
  if (/^(?:[0-9a-f]{32,}|[0-9A-F]{32,})$/.test(word))
    return keyNames.test(plainName) && !(openPgpNames.test(plainName) && [40, 64].includes(word.length));
  if (!/^[A-Za-z0-9+/_=-]+$/.test(word) || word.includes("//")) return false;
  const body = word.replace(/=+$/, "");
  if (!/[a-z]/.test(body) || !/[A-Z]/.test(body) || (body.match(/\d/g)?.length ?? 0) < 2) return false;
  return bitsPerCharacter(body) >= leastBits && changes(body) >= 0.45 && longestPart(body) >= 13;
}

/** Shannon's entropy of the characters. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const { length } = text;
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}

const kindOf = (character: string): string =>
  /[a-z]/.test(character) ? "lower" : /[A-Z]/.test(character) ? "upper" : /\d/.test(character) ? "digit" : "other";

/** Share of neighbours of different kinds: a third in names such as HttpServer2Config, three fifths in random text. */
function changes(text: string): number {
  const kinds = [...text].map(kindOf);
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length / (text.length - 1);
}

/** Longest stretch without - _ and /, which names have and random text hardly. */
function longestPart(text: string): number {
  return text.split(/[-_/]/).reduce((most, part) => Math.max(most, part.length), 0);
}
