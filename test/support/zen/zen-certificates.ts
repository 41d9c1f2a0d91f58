import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAsync } from "../../../cluster/local/commands";

/** What a certificate is for, and what is wrong with it. */
export interface Wanted {
  /** Names it serves; a client's without. */
  readonly serves?: readonly string[];
  /** It ended a day ago. */
  readonly expired?: true;
  /** It asks for an OCSP answer (RFC 7633). */
  readonly mustStaple?: true;
  /** It signs OCSP answers for the authority. */
  readonly responds?: true;
}

/** The keys of a Secret of type kubernetes.io/tls, with the authority. */
export type Files = Readonly<Record<"tls.crt" | "tls.key" | "ca.crt", string>>;

export interface Authority {
  readonly ca: string;
  issue(commonName: string, wanted?: Wanted): Promise<Files>;
  remove(): void;
}

/** A certificate authority of the test's own, by openssl. */
export async function authority(name: string): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), "authority-"));
  const at = (file: string): string => join(folder, file);
  const read = (file: string): string => readFileSync(at(file), "utf8");
  const openssl = (...args: string[]): Promise<string> => runAsync("openssl", args);
  const key = (file: string) =>
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", at(file));
  await key("ca.key");
  await openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    at("ca.key"),
    "-subj",
    `/CN=${name}`,
    "-days",
    "2",
    "-out",
    at("ca.crt"),
  );
  let serial = 0;
  return {
    ca: read("ca.crt"),
    issue: async (commonName, { serves, expired, mustStaple, responds } = {}) => {
      const own = `c${serial++}`;
      await key(`${own}.key`);
      await openssl("req", "-new", "-key", at(`${own}.key`), "-subj", `/CN=${commonName}`, "-out", at(`${own}.csr`));
      const usage = responds ? "OCSPSigning" : serves ? "serverAuth" : "clientAuth";
      const lines = [
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        `extendedKeyUsage=${usage}`,
      ];
      if (serves) lines.push(`subjectAltName=${serves.map((one) => `DNS:${one}`).join(",")}`);
      if (mustStaple) lines.push("tlsfeature=status_request");
      writeFileSync(at(`${own}.cnf`), `${lines.join("\n")}\n`);
      const issuer = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at(`${own}.cnf`)];
      const days = expired ? "-1" : "1";
      await openssl("x509", "-req", "-in", at(`${own}.csr`), ...issuer, "-days", days, "-out", at(`${own}.crt`));
      return { "tls.crt": read(`${own}.crt`), "tls.key": read(`${own}.key`), "ca.crt": read("ca.crt") };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
