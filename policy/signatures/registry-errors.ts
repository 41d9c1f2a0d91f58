/** Why a registry's answer cannot be used. Messages are safe to show: they hold no header and no body. */

/** The registry did not say whether the image is signed: it refused, or broke off. Whoever may push to it may have caused that. */
export class RegistryUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RegistryUnavailable";
  }
}

/** The registry answered with a status that gives nothing: of the read itself, or of the request for a token. */
export class RegistryRefused extends RegistryUnavailable {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "RegistryRefused";
  }
}

/** There was no answer at all: no network, no such host, nothing listens, or not in time. The one failure `offline: warn` is for. */
export class NoAnswer extends RegistryUnavailable {
  constructor(message: string) {
    super(message);
    this.name = "NoAnswer";
  }
}

/** The registry answered with something that is no proof: too large, too much, or not what its digest says. */
export class BadContent extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadContent";
  }
}

/** Codes of Node and undici that mean that no one answered. Any other failure, of TLS or HTTP for instance, is an answer of someone. */
const silent = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ETIMEDOUT", "EPIPE"],
  ...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"],
  ...["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_SOCKET"],
]);

/** Code of a failed fetch, and whether it means that no one answered. */
export function failureOf(error: unknown): { readonly code: string | undefined; readonly isSilent: boolean } {
  const { cause } = error as { cause?: { code?: unknown } };
  const code = typeof cause?.code === "string" ? cause.code : undefined;
  return { code, isSilent: code !== undefined && silent.has(code) };
}
