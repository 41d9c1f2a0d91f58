/** The fields of trusted_root.json (sigstore protobuf-specs) that a TrustRoot object has. */
interface TrustedRoot {
  readonly certificateAuthorities?: readonly Authority[];
  readonly timestampAuthorities?: readonly Authority[];
  readonly tlogs?: readonly Log[];
  readonly ctlogs?: readonly Log[];
}
interface Authority {
  readonly subject?: { readonly organization?: string; readonly commonName?: string };
  readonly uri?: string;
  readonly certChain?: { readonly certificates?: readonly { readonly rawBytes: string }[] };
}
interface Log {
  readonly baseUrl?: string;
  readonly publicKey?: { readonly rawBytes?: string };
}

/** The trust root of a file as `spec.sigstoreKeys` of a TrustRoot: the same authorities and logs, certificates and keys in PEM. */
export function trustRootSpec(content: unknown): object {
  const { certificateAuthorities = [], timestampAuthorities = [], tlogs = [], ctlogs = [] } = content as TrustedRoot;
  return {
    certificateAuthorities: certificateAuthorities.map(authority),
    timestampAuthorities: timestampAuthorities.map(authority),
    tLogs: tlogs.map(log),
    ctLogs: ctlogs.map(log),
  };
}

const authority = ({ subject, uri, certChain }: Authority): object => ({
  subject: { organization: subject?.organization ?? "", commonName: subject?.commonName ?? "" },
  uri: uri ?? "",
  certChain: bytes((certChain?.certificates ?? []).map(({ rawBytes }) => pem("CERTIFICATE", rawBytes)).join("")),
});

const log = ({ baseUrl, publicKey }: Log): object => ({
  baseURL: baseUrl ?? "",
  hashAlgorithm: "sha-256",
  publicKey: bytes(pem("PUBLIC KEY", publicKey?.rawBytes ?? "")),
});

const bytes = (text: string): string => Buffer.from(text).toString("base64");

const pem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${(base64.match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;
