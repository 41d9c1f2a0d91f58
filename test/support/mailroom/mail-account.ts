import { kubectl } from "../e2e-cluster";
import { eventually } from "../run";

/** What the mail server of the tests says of its account. */
export interface Account {
  readonly mailboxes: readonly { readonly path: string; readonly messages: readonly { readonly subject: string }[] }[];
  readonly groups: readonly { readonly name: string }[];
}

/** The mail server's side for tests, reached through the API server. */
export function mail(namespace: string) {
  const root = `/api/v1/namespaces/${namespace}/services/mail-server:8081/proxy`;
  const at = (kind: string, path: string): string =>
    `${root}/${kind}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const post = (path: string, body: object): Promise<string> =>
    kubectl(["create", "--raw", `${root}${path}`, "-f", "-"], JSON.stringify(body));
  const account = async (): Promise<Account> => JSON.parse(await kubectl(["get", "--raw", `${root}/state`])) as Account;
  return {
    account,
    /** Puts a message into the screener. */
    deliver: (from: string, subject: string): Promise<string> =>
      post("/messages", { from, subject, mailbox: "Screener" }),
    deleteMailbox: (path: string): Promise<string> => kubectl(["delete", "--raw", at("mailboxes", path)]),
    deleteGroup: (name: string): Promise<string> => kubectl(["delete", "--raw", at("groups", name)]),
    /** Waits until a message was sorted, and returns the mailbox it is in. */
    sorted: (subject: string): Promise<string> =>
      eventually(`message "${subject}" is sorted`, async () => {
        const holds = ({ path, messages }: Account["mailboxes"][number]): boolean =>
          path !== "Screener" && messages.some((one) => one.subject === subject);
        return (await account()).mailboxes.find(holds)?.path;
      }),
  };
}

/** Senders the mail server's account knows from the start, with the mailbox their mail belongs in. */
export const friend = "A Friend <friend@home.example>";
export const shop = "Online Shop <receipts@shop.example>";
