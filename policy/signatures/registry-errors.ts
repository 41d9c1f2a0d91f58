/** Why a registry's answer cannot be used. Messages are safe to show: they hold no header and no body. */

/** Nobody can say whether the image is signed: no network, too slow, access refused. Asking again may help. */
export class RegistryUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RegistryUnavailable";
  }
}

/** The registry answered with something that is no proof: too large, or not what its digest says. */
export class BadContent extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadContent";
  }
}
