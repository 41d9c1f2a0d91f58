/** What one signature comes to: whose it is, or why it does not count. */
export type SignatureVerdict = { readonly signer: string } | { readonly reason: string };
