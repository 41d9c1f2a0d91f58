import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { z } from "zod";
import { sealedValue } from "../../../config/sealed-value";
import { checkStackFile, readStackFile, stackNames } from "../../../operations/stack/stack-file";
import { UserError } from "../../../process/user-error";
import { systems } from "../../../systems/registry";
import { root } from "../../support/tree";

const least = "hardened:environment: dev\n  hardened:cluster: { context: here }\n";

const elsewhere = "hardened:mailroom: { credentials: { from: existing, secretName: web } }\n";

describe("stack-file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stacks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (text: string | Buffer, stack = "dev"): void =>
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  const refusal = (stack = "dev"): string => {
    try {
      checkStackFile(stack, folder);
    } catch (error) {
      assert.ok(error instanceof UserError, `a stack trace would be shown: ${error}`);
      return error.message;
    }
    throw assert.fail("the file was accepted");
  };

  for (const stack of stackNames(root))
    it(`accepts Pulumi.${stack}.yaml`, () => assert.equal(checkStackFile(stack, root).stack, stack));

  it("knows the stacks by their files", () => {
    for (const name of ["Pulumi.yaml", "Pulumi.a.yaml", "Pulumi.b-2.yaml", "Pulumi.c.yml", "xPulumi.d.yaml"])
      writeFileSync(join(folder, name), "");
    assert.deepEqual(stackNames(folder), ["a", "b-2"]);
  });

  it("names the nearest stack for one that is not there, else all", () => {
    write(`config:\n  ${least}`, "staging");
    assert.equal(refusal("stagin"), 'no stack "stagin": there is no Pulumi.stagin.yaml; did you mean "staging"?');
    assert.equal(refusal("x"), 'no stack "x": there is no Pulumi.x.yaml; stacks: staging');
  });

  it("says file, line and column of broken YAML", () => {
    write("config:\n  hardened:environment: dev\n   wrong: 1\n");
    assert.match(refusal(), /^Pulumi\.dev\.yaml:3:\d+: not valid YAML: /);
    write("a: 1\na: 2\n");
    assert.equal(refusal(), "Pulumi.dev.yaml:2:1: a is there twice; rename one of them, or put both into one");
    write(
      "config:\n  hardened:companyos:\n    services:\n      orders: {}\n      # more\n      stock:\n        port: 1\n      orders: {}\n",
    );
    assert.equal(
      refusal(),
      "Pulumi.dev.yaml:8:7: config.hardened:companyos.services.orders is there twice; rename one of them, or put both into one",
    );
    write('config: "never closed');
    assert.match(refusal(), /^Pulumi\.dev\.yaml:\d+:\d+: not valid YAML: /);
  });

  it("refuses what is no map, in words", () => {
    for (const [text, expected] of [
      ["", /^Pulumi\.dev\.yaml is empty; it needs a "config:" map/],
      ["# only a comment\n", /is empty/],
      ["- a\n- b\n", /expected a map with the key "config"/],
      ["just text", /expected a map/],
      ["config: [1, 2]\n", /"config" must be a map of keys such as hardened:environment/],
      ["config: 7\n", /"config" must be a map/],
    ] as const) {
      write(text);
      assert.match(refusal(), expected, text);
    }
  });

  it("refuses a file that is far too large, without reading it", () => {
    write("config: {}\n");
    truncateSync(join(folder, "Pulumi.dev.yaml"), 3 * 2 ** 30);
    const start = Date.now();
    assert.match(refusal(), /^Pulumi\.dev\.yaml has 3221225472 bytes; a stack file of more than 1048576 is refused$/);
    assert.ok(Date.now() - start < 1000);
  });

  it("refuses binary content and aliases that unfold without end", () => {
    write(Buffer.from([0xff, 0xfe, 0, 1, 2, 3]));
    assert.match(refusal(), /^Pulumi\.dev\.yaml/);
    write("a: &a [x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nconfig: *b\n");
    assert.match(refusal(), /"config" must be a map/);
  });

  it("a folder or a dead link in its place is a mistake of the user's", () => {
    mkdirSync(join(folder, "Pulumi.staging.yaml"));
    assert.equal(refusal("staging"), "Pulumi.staging.yaml is not a file");
    symlinkSync(join(folder, "nowhere"), join(folder, "Pulumi.dev.yaml"));
    assert.match(refusal(), /no stack "dev"/);
  });

  it("lists every mistake at once, with the path of each", () => {
    write('config:\n  hardened:environment: qa\n  hardened:mailroom: { setup: { apply: "yes" }, replicas: 3 }\n');
    const lines = refusal().split("\n");
    assert.equal(lines[0], "Pulumi.dev.yaml: 4 errors in the configuration:");
    assert.match(lines.join("\n"), /hardened:environment: .*\n.*hardened:cluster: missing; .*\n/);
    assert.match(lines.join("\n"), /hardened:mailroom\.setup\.apply: expected true or false, without quotes/);
    assert.match(lines.join("\n"), /hardened:mailroom\.replicas: unknown key; did you mean "replicaCount"\?/);
  });

  it("leaves other providers' keys and Pulumi's own alone", () => {
    write(`encryptionsalt: v1:abc\nconfig:\n  ${least}  ${elsewhere}  kubernetes:context: other\n`);
    assert.deepEqual(checkStackFile("dev", folder).cluster, { context: "here" });
    assert.equal(readStackFile("dev", folder).document.encryptionsalt, "v1:abc");
  });

  it("[MR-28] [MR-52] refuses credentials in clear, names each with the command, and never shows them", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9]{10,30}$/), (secret) => {
        write(
          `config:\n  ${least}  hardened:mailroomCredentials:\n    jmap_token: ${secret}\n    carddav_username: { secure: v1:x }\n    carddav_password: "${secret}"\n`,
        );
        const text = refusal();
        assert.ok(!text.includes(secret));
        for (const key of ["jmap_token", "carddav_password"]) {
          const path = `hardened:mailroomCredentials.${key}`;
          assert.ok(
            text.includes(
              `${path}: a credential in clear text; set it with: pulumi config set --secret --path '${path}'`,
            ),
          );
        }
        assert.ok(!text.includes("carddav_username"));
      }),
      { numRuns: 20 },
    ));

  /** Systems whose credentials may be in the stack's file, with a configuration that takes them from there. */
  const external = { host: "postgresql.internal" };
  const taking: Readonly<Record<string, object>> = {
    mailroom: {},
    trevor: { enabled: true, image: { repository: "registry.internal/trevor" } },
    floe: {
      ...{ enabled: true, imageRegistry: "registry.internal/floe", polaris: { enabled: true } },
      postgresql: { mode: "external", external },
      objectStorage: { mode: "external", external: { endpoint: "https://s3.internal" } },
    },
  };
  for (const [name, { credentials }] of Object.entries(systems).filter((one) => one[1].credentials !== undefined))
    it(`[MR-52] [TR-47] takes encrypted credentials of ${name} without opening them, each by itself or all at once`, () => {
      const keys = Object.keys(z.toJSONSchema(credentials as z.ZodType, { io: "input" }).properties ?? {});
      const sealed = { secure: "v1:x" };
      const nonprod = { context: "here", uid: "3f1c2a5e-7b1d-4c53-9c1e-0d9a6a2f4b10" };
      const config = {
        ...(name !== "mailroom" && { "hardened:mailroom": { enabled: false } }),
        [`hardened:${name}`]: taking[name],
      };
      for (const given of [Object.fromEntries(keys.map((key) => [key, sealed])), sealed]) {
        const all = {
          "hardened:environment": "dev",
          "hardened:cluster": { name: "nonprod" },
          "hardened:clusters": { nonprod },
          ...config,
        };
        write(JSON.stringify({ config: { ...all, [`hardened:${name}Credentials`]: given } }));
        const values = Object.values(checkStackFile("dev", folder).credentials[name] ?? {});
        assert.deepEqual(
          values,
          keys.map(() => sealedValue),
        );
      }
    });

  it("[MR-52] takes encrypted credentials without opening them", () => {
    const all = ["jmap_token", "carddav_username", "carddav_password"].map((key) => `    ${key}: { secure: v1:x }`);
    write(`config:\n  ${least}  hardened:mailroomCredentials:\n${all.join("\n")}\n`);
    assert.equal(checkStackFile("dev", folder).credentials.mailroom?.MAILROOM_JMAP_TOKEN, sealedValue);
  });

  it("takes a date as the text it is, with or without quotes", () => {
    for (const date of ["2030-01-31", '"2030-01-31"']) {
      const exemption = `{ rule: image-digest, object: Job/web, reason: for a test, owner: someone, expires: ${date} }`;
      write(`config:\n  ${least}  ${elsewhere}  hardened:policy: { exemptions: [${exemption}] }\n`);
      checkStackFile("dev", folder);
    }
  });

  it("any text at all is a configuration or a mistake in words, never a crash", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `config: ${json}`),
        ),
        (text) => {
          write(text);
          try {
            checkStackFile("dev", folder);
          } catch (error) {
            assert.ok(error instanceof UserError, `${text}: ${error}`);
          }
        },
      ),
    ));
});
