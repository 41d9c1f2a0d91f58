import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mailroomConfig, secretKeys } from "../../../systems/mailroom/config";
import { mailroom, only } from "../../charts/support/helm";

const text = readFileSync(join(__dirname, "../../../systems/mailroom/README.md"), "utf8");

/** Rows of the table under a heading, cell by cell. */
function rows(heading: string): string[][] {
  const section =
    new RegExp(`^## ${heading}$([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(text)?.[1] ??
    assert.fail(`no section ${heading}`);
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("systems/mailroom/README.md", () => {
  it("[MR-47] has the six pitfalls, each with symptom and remedy", () => {
    const pitfalls = rows("Pitfalls");
    assert.deepEqual(
      pitfalls.map(([pitfall]) => /^\*\*(.+?)\.?\*\*/.exec(pitfall ?? "")?.[1]),
      [
        "Namespace flag",
        "Read-only root without `/tmp`",
        "A hook Job without the hardening",
        "Config file on a read-only root",
        "The default of six retries",
        "The config path",
      ],
    );
    for (const cells of pitfalls) assert.ok(cells.length === 3 && cells.every((cell) => cell.length > 10), cells[0]);
  });

  it("[MR-47] names what is seen and what helps: the fields the chart has, and the words of Kubernetes", async () => {
    const seen = [
      "pod-security.kubernetes.io",
      "Read-only file system",
      "violates PodSecurity",
      "None",
      "minutes",
      "Config file not found",
    ];
    const helps = [
      "Make and label the namespace first",
      "`tmp` volume",
      "library chart",
      "`subPath`",
      "`backoffLimit: 0`",
      "`MAILROOM_CONFIG=/app/config.yaml`",
    ];
    const pitfalls = rows("Pitfalls");
    for (const [index, [, symptom = "", remedy = ""]] of pitfalls.entries()) {
      assert.ok(symptom.includes(seen[index] as string), symptom);
      assert.ok(remedy.includes(helps[index] as string), remedy);
    }
    const objects = await mailroom();
    const deployment = only(objects, "Deployment").spec.template.spec;
    const job = only(objects, "Job").spec;
    assert.equal(job.backoffLimit, 0);
    for (const pod of [deployment, job.template.spec]) {
      const [{ env = [], volumeMounts }] = pod.containers;
      assert.ok(env.some((one) => one.name === "MAILROOM_CONFIG" && one.value === "/app/config.yaml"));
      assert.ok(volumeMounts.some((one) => one.name === "tmp" && one.mountPath === "/tmp"));
      assert.ok(volumeMounts.some((one) => one.subPath === "config.yaml"));
    }
  });

  it("[MR-50] says what is out of scope", () => {
    const section = text.slice(text.indexOf("## Out of scope"));
    assert.match(section, /existing cluster from objects created with kubectl/);
    assert.match(section, /CI\/CD pipeline/);
  });

  it("[MR-55] says what became of each old file, and that the old Deployment goes first", () => {
    const old = rows("From plain manifests").map(([file]) => file ?? "");
    for (const file of ["namespace", "deployment", "configmap", "secret"]) {
      assert.ok(
        old.some((cell) => cell.includes(`k8s/${file}.yaml`)),
        file,
      );
    }
    assert.match(text, /selector cannot be changed.*delete the old Deployment first/s);
  });

  it("[MR-16] warns of --create-namespace; [MR-49] has the four commands of Helm's life cycle", () => {
    assert.match(text, /`--create-namespace` makes a namespace without Pod Security labels/);
    for (const command of ["install", "upgrade", "rollback", "uninstall"])
      assert.match(text, new RegExp(`helm ${command}`));
  });

  it("says that a stack has one owner", () => assert.match(text, /## One owner per stack/));

  it("[MR-09] names every key of the configuration and no other", () => {
    const named = rows("With Pulumi").flatMap(([keys]) => [...(keys ?? "").matchAll(/`(\w+)/g)].map(([, key]) => key));
    const shape = (mailroomConfig.def as unknown as { shape: object }).shape;
    assert.deepEqual([...new Set(named)].sort(), Object.keys(shape).sort());
  });

  it("[MR-27] its commands set the credentials the Secret holds", () => {
    const set = [...text.matchAll(/--path mailroomCredentials\.(\w+)/g)].map(
      ([, key]) => `MAILROOM_${key?.toUpperCase()}`,
    );
    assert.deepEqual(set, [...secretKeys]);
  });
});
