import { strict as assert } from "node:assert";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canary, found } from "../../support/canaries";
import { failed, succeeded } from "../../support/changes";
import { clusterWide } from "../../support/e2e-cluster";
import { supplyChain } from "../../support/supply-chain";
import { type TestProject, type Tree, testProject } from "../../support/test-project";

/** Wrong input of every kind: a clear error with all that is wrong, no trace of the program, and nothing in the cluster. */

describe("bad input", () => {
  let project: TestProject;
  let file: string;
  let good: string;
  let untouched: string[];
  const preview = async (): Promise<string> => failed(await project.hardened(["preview"]));
  /** Every text is on a line of the error. */
  const says = (said: string, lines: readonly string[]): void => {
    for (const line of lines) assert.ok(said.includes(line), `${line}\nis missing in\n${said}`);
  };
  const fresh = (change: (mailroom: Tree, config: Tree) => void): void => {
    writeFileSync(file, good);
    project.mailroom(change);
  };

  before(async () => {
    project = await testProject("bad-input");
    file = join(project.root, `Pulumi.${project.stack}.yaml`);
    good = readFileSync(file, "utf8");
    untouched = await clusterWide(project.namespaces);
  });
  afterEach(async () => {
    assert.deepEqual(await clusterWide(project.namespaces), untouched, "nothing was made in the cluster");
  });
  after(async () => {
    writeFileSync(file, good);
    await project?.remove();
  });

  it("every mistake of a stack file is told at once, by key, with what is expected and the nearest valid key", async () => {
    fresh((mailroom, config) => {
      Object.assign(mailroom, {
        setup: { apply: "yes" },
        replicaCount: 3,
        replicas: 1,
        release: "Mail_Room",
        resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128mb" } },
      });
      Object.assign(mailroom.image as Tree, { runAsUser: "app" });
      mailroom.config = {
        polling: { interval: 0, debounce_seconds: 3 },
        logging: { level: "verbose" },
        triage: {
          screener_mailbox: "",
          categories: [{ destination_mailbox: "Inbox" }, "Feed", "Feed", { name: "Kid", parent: "Nobody" }],
        },
      };
      config["hardened:mailrom"] = {};
      config["hardened:environment"] = "production";
    });
    const said = await preview();
    const at = "hardened:mailroom";
    says(said, [
      `Pulumi.${project.stack}.yaml: `,
      `${at}.setup.apply: expected true or false, without quotes`,
      `${at}.replicaCount: expected a whole number 0 or 1: a second copy would sort the same mail twice`,
      `${at}.replicas: unknown key; did you mean "replicaCount"?`,
      `${at}.release: the release name must be lower-case letters, digits and "-"`,
      `${at}.resources.limits.memory: expected memory such as "128Mi"`,
      `${at}.image.runAsUser: expected a whole number above 0, the image's numeric user id`,
      `${at}.config.polling.interval: expected a whole number of seconds from 1 to 86400`,
      `${at}.config.logging.level: expected one of debug, info, warning, error`,
      `${at}.config.triage.screener_mailbox: expected a mailbox, not an empty text`,
      `${at}.config.triage.categories[0].name: expected the category's name`,
      'hardened:mailrom: unknown key; did you mean "hardened:mailroom"?',
      "hardened:environment: ",
    ]);
    assert.doesNotMatch(said, /production|verbose|128mb|Mail_Room/, "values are not repeated");
  });

  it("so are mistakes that only show when the whole is known", async () => {
    fresh((mailroom) => {
      Object.assign(mailroom, {
        release: "a".repeat(54),
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
        config: {
          polling: { interval: 5, debounce_seconds: 6 },
          triage: { categories: ["Feed", "feed", { name: "Kid", parent: "Nobody", contact_type: "robot" }] },
        },
      });
    });
    const said = await preview();
    const categories = "hardened:mailroom.config.triage.categories";
    says(said, [
      "hardened:mailroom.release: the release name must have at most 53 characters",
      "hardened:mailroom.resources.limits.memory: the limit 128Mi is below the request 256Mi",
      "hardened:mailroom.config.polling.debounce_seconds: expected a whole number of seconds from 0 to polling.interval",
      `${categories}[1]: category "feed" has the same name as entry [0]`,
      `${categories}[2].parent: category "Kid" has the unknown parent "Nobody"`,
      `${categories}[2].contact_type: category "Kid": expected company or person`,
    ]);
    for (const interval of [-1, "often", 1.5]) {
      fresh((mailroom) => Object.assign(mailroom.config as Tree, { polling: { interval } }));
      says(await preview(), ["config.polling.interval: expected a whole number of seconds from 1 to 86400"]);
    }
  });

  it("plain pulumi tells the same mistakes", async () => {
    fresh((mailroom) => Object.assign(mailroom, { replicaCount: 3, setup: { apply: "yes" } }));
    const args = ["preview", "--non-interactive", "--stack", project.stack];
    succeeded(await project.pulumi(["stack", "select", "--create", project.stack, "--non-interactive"]));
    const said = failed(await project.pulumi(args));
    says(said, ["hardened:mailroom.replicaCount: expected", "hardened:mailroom.setup.apply: expected true or false"]);
  });

  it("[MR-25] [MR-28] credentials that are absent, in clear, given twice, placeholders or empty are named by key and never shown", async () => {
    const secret = canary("in-clear");
    fresh((mailroom) => {
      mailroom.credentials = { from: "config" };
    });
    const keys = ["jmap_token", "carddav_username", "carddav_password"];
    const absent = await preview();
    says(
      absent,
      keys.map((key) => `hardened:mailroomCredentials.${key}: expected the`),
    );
    says(absent, ["pulumi config set --secret --path mailroomCredentials.jmap_token"]);
    fresh((mailroom, config) => {
      mailroom.credentials = { from: "config" };
      config["hardened:mailroomCredentials"] = Object.fromEntries(keys.map((key) => [key, secret]));
    });
    const clear = await preview();
    says(
      clear,
      keys.map((key) => `hardened:mailroomCredentials.${key}: a credential in clear text`),
    );
    const { text } = await project.pulumi(["preview", "--non-interactive", "--stack", project.stack]);
    says(text, ["hardened:mailroomCredentials: credentials in clear text"]);
    assert.deepEqual(found([secret], clear + text), []);
    fresh((mailroom) => {
      mailroom.credentials = { from: "config" };
    });
    await project.credentials({
      jmap_token: "replace-with-your-api-token",
      carddav_username: " ",
      carddav_password: secret,
    });
    const placeholder = await preview();
    says(placeholder, [
      "hardened:mailroomCredentials.jmap_token: still a placeholder; put the real value",
      "hardened:mailroomCredentials.carddav_username: expected the address of the account, not an empty text",
    ]);
    assert.deepEqual(found([secret], placeholder), []);
    project.mailroom((mailroom) => {
      mailroom.credentials = { from: "existing", secretName: "kept-by-someone" };
    });
    says(await preview(), [
      "hardened:mailroomCredentials and hardened:mailroom.credentials (from: existing) are both set: choose one",
    ]);
  });

  it("[MR-28] a credential in the chart's committed values is a violation that names the key and not the value", async () => {
    const secret = canary("committed");
    fresh(() => {});
    project.edit("charts/mailroom/values.yaml", (text) => text.replace('jmap_token: ""', `jmap_token: "${secret}"`));
    const said = await preview();
    says(said, ["secrets.jmap_token"]);
    assert.deepEqual(found([secret], said), []);
    project.edit("charts/mailroom/values.yaml", (text) => text.replace(`jmap_token: "${secret}"`, 'jmap_token: ""'));
  });

  it("an image that is not pinned by digest is refused in staging and in prod", async () => {
    for (const environment of ["staging", "prod"]) {
      fresh((_, config) => {
        config["hardened:environment"] = environment;
        config["hardened:policy"] = supplyChain.policy;
        config["hardened:imageSignatures"] = supplyChain.imageSignatures;
        delete config["hardened:imageLock"];
      });
      says(await preview(), ["violation image-digest", `Deployment ${project.namespace}/mailroom`, "sha256"]);
    }
  });

  it("a stack file that is broken, empty, no map, binary, huge or missing is refused by what it is", async () => {
    const name = `Pulumi.${project.stack}.yaml`;
    const cases: [string | Buffer, string][] = [
      ["config:\n  a: [1\n", `${name}:3:1: not valid YAML`],
      ["config:\n\ta: 1\n", "not valid YAML"],
      ["", `${name} is empty; it needs a "config:" map`],
      ["- a\n", `${name}: expected a map with the key "config"`],
      ["config: 3\n", `${name}: "config" must be a map`],
      [Buffer.from([0, 1, 2, 255, 254]), "not valid YAML"],
      [`config: # ${"x".repeat(1024 * 1024)}\n`, "a stack file of more than 1048576 is refused"],
      ["config: {}\n", "hardened:cluster: missing"],
    ];
    for (const [content, expected] of cases) {
      writeFileSync(file, content);
      says(await preview(), [expected]);
    }
    rmSync(file);
    says(await preview(), [`no stack "${project.stack}": there is no ${name}`]);
    says(failed(await project.hardened(["up", "--stack", "stagin"])), ['did you mean "staging"?']);
  });

  it("an unknown command, option or stack name is refused with what there is", async () => {
    says(failed(await project.hardened(["upp", "--stack", "dev"])), ["unknown command 'upp'", "Did you mean up?"]);
    says(failed(await project.hardened(["up", "--stak", "dev", "--stack", "dev"])), ["unknown option '--stak'"]);
    says(failed(await project.hardened(["up", "--stack", "../../etc/passwd"])), ["no stack"]);
  });
});
