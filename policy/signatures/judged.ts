/** What one signature comes to: whose it is, or why it does not count. */
export type Judged = { readonly signer: string } | { readonly reason: string };
