import { registryName } from "../../../cluster/local/addresses";
import { imageLockFile } from "../../../cluster/local/images";
import { programEnvironment } from "../../../process/toolchain/locate";
import { render } from "../../charts/support/helm";
import { type KubeObject, kubectl, object } from "../e2e-cluster";
import { fromOutside } from "../network/outside";
import type { TestProject, Tree } from "../test-project";

/** The three credentials of an account, by the keys of `hardened:mailroomCredentials`. */
export interface Credentials {
  readonly jmap_token: string;
  readonly carddav_username: string;
  readonly carddav_password: string;
}

/** The Secret that mailroom and the mail server read. */
export const accountSecret = (name: string, namespace: string, given: Partial<Credentials>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace },
  stringData: {
    MAILROOM_JMAP_TOKEN: given.jmap_token,
    MAILROOM_CARDDAV_USERNAME: given.carddav_username,
    MAILROOM_CARDDAV_PASSWORD: given.carddav_password,
  },
});

/**
 * Runs a mail server for one account in a namespace of its own, beside any stack, and gives `config.fastmail` for it: an address of the internet
 * and port 443, which is where mailroom's policies let it go when the stack has no mail server of its own.
 */
async function runMailServer(namespace: string, account: Credentials) {
  const lock = require(imageLockFile) as Record<string, string>;
  const repository = `${registryName}/mail-server`;
  const values = { image: { repository, digest: lock[repository] }, existingSecret: "account" };
  process.env.HELM_BIN ??= programEnvironment().HELM_BIN;
  const rendered = await render({ chart: "mail-server", release: "mail-server", namespace, values });
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    accountSecret("account", namespace, account),
    ...rendered,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "outside", namespace },
      spec: {
        type: "NodePort",
        selector: { "app.kubernetes.io/name": "mail-server" },
        ports: [{ port: 443, targetPort: 8080 }],
      },
    },
  ];
  await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl(["rollout", "status", "deployment/mail-server", "-n", namespace, "--timeout=90s"]);
  type Service = KubeObject & { readonly spec: { readonly ports: readonly [{ readonly nodePort: number }] } };
  const { spec } = await object<Service>("service", "outside", "-n", namespace);
  const url = `http://${await fromOutside(spec.ports[0].nodePort)}`;
  return { jmap_url: `${url}/jmap/session`, carddav_url: `${url}/` };
}

/**
 * Runs a mail server beside a project's stack, so that its faults and its end are the test's, and points mailroom at it.
 * Gives the server's namespace, which the test removes.
 * @param credentials where mailroom has them from; @default encrypted in the stack's file
 */
export async function useMailServer(project: TestProject, account: Credentials, credentials?: Tree): Promise<string> {
  const post = `${project.namespace}-post`;
  const fastmail = await runMailServer(post, account);
  project.mailroom((mailroom) => {
    mailroom.mailServer = false;
    mailroom.credentials = credentials ?? { from: "config" };
    Object.assign(mailroom.config as Tree, { fastmail });
  });
  if (credentials === undefined) await project.credentials({ ...account });
  return post;
}
