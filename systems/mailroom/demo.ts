import { setTimeout as sleep } from "node:timers/promises";
import { hostPortOf } from "../../cluster/local/host-ports";
import { table } from "../../process/table";
import type { MailroomConfig } from "./config";

/** Output at the end of `npm start`: the sorted mail, and the address of the mail server's page. Empty without that page. */
export async function demo(config: MailroomConfig): Promise<string | undefined> {
  const page = mailPage(config);
  return page === undefined ? undefined : `${await sortedMail(config, page)}\n\nmailboxes to look at: ${page}`;
}

interface MailState {
  readonly mailboxes: readonly {
    readonly path: string;
    readonly messages: readonly { readonly from: string; readonly subject: string }[];
  }[];
}

/** Address of the mail server's page on this machine, or undefined when the stack shows none. */
function mailPage(config: MailroomConfig): string | undefined {
  if (!config.mailServer || config.mailServerNodePort === 0) return undefined;
  return `http://127.0.0.1:${hostPortOf(config.mailServerNodePort)}/`;
}

/**
 * Table of the example messages and the mailboxes that mailroom has moved them to, once the screener has been processed.
 * Waits a few polls at most.
 */
async function sortedMail(config: MailroomConfig, page: string): Promise<string> {
  const screener = config.config.triage.screener_mailbox;
  const deadline = Date.now() + (3 * config.config.polling.interval + 10) * 1000;
  for (;;) {
    const { mailboxes } = (await (await fetch(`${page}state`)).json()) as MailState;
    const rows = mailboxes.flatMap(({ path, messages }) => messages.map(({ from, subject }) => [from, subject, path]));
    if (rows.some(([, , path]) => path !== screener))
      return table(["FROM", "SUBJECT", "SORTED INTO"], rows as string[][]);
    if (Date.now() > deadline)
      throw new Error(`no message has left ${screener}; kubectl logs -n ${config.namespace} deploy/mailroom says why`);
    await sleep(500);
  }
}
