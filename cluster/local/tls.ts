/** What TLS 1.2 may use here (CIS 1.2.29, 4.2.12): forward secrecy and authenticated encryption. Those of TLS 1.3 all are, and are always on. */
export const cipherSuites: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];
