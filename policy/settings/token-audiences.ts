/** Audiences of well-known services that take tokens of service accounts: Azure, Istio, Sigstore, AWS, Vault. */
export const tokenAudiences: readonly string[] = [
  "api://AzureADTokenExchange",
  "istio-ca",
  "sigstore",
  "sts.amazonaws.com",
  "vault",
];
