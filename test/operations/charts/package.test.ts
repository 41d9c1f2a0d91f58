import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { dependencyFaults } from "../../../operations/charts/dependencies";
import { formatPackages, packageCharts } from "../../../operations/charts/package";
import { pushCharts } from "../../../operations/charts/push";
import { formatChanged } from "../../../operations/charts/versions";
import { WebCharts } from "../../support/charts/web-chart";

let charts: WebCharts;
const chart = (files: Readonly<Record<string, string>>): string => charts.chart(files);
const about = "apiVersion: v2\nname: web\nversion: 1.2.3\n";
const good = { "Chart.yaml": about, "values.yaml": "{}\n" };
const withDagster = `${about}dependencies: [{ name: dagster, version: 1.12.22, repository: "https://dagster.example/helm" }]\n`;
const archive = "charts/dagster-1.12.22.tgz";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

before(() => {
  charts = new WebCharts();
});
after(() => charts.remove());

describe("[FL-114] chart package: sizes", () => {
  it("prints size and digest, and gives the file no time of its own", () => {
    const [one, ...others] = packageCharts([chart(good)], join(charts.root, "out"), { limit: 5 });
    assert.ok(one);
    assert.deepEqual(others, []);
    assert.equal(statSync(one.file).mtimeMs, 0);
    assert.equal(one.large, false);
    assert.match(formatPackages([one]), new RegExp(`web +1\\.2\\.3 +0\\.00 MiB +${one.digest}`));
  });

  it("marks a chart of 1 MiB", () => {
    const packages = packageCharts([chart({ ...good, data: "x".repeat(2 ** 20) })], join(charts.root, "out"), {
      limit: 5,
    });
    assert.equal(packages[0]?.large, true);
    assert.match(formatPackages(packages), /1\.00 MiB \(large\)/);
  });

  it("refuses one above the limit, with all other mistakes, and writes none", () => {
    const output = join(charts.root, "none");
    const large = chart({ ...good, data: "x".repeat(2 ** 20) });
    const wrong = chart({ "Chart.yaml": "a: [" });
    assert.throws(() => packageCharts([chart(good), large, wrong], output, { limit: 1 }), {
      name: "UserError",
      message: /the package has 1\.00 MiB, and the limit is 1 MiB; .*\n.*no YAML/s,
    });
    assert.equal(existsSync(output), false);
  });
});

describe("chart package: archives of subcharts", () => {
  it("passes one that is as agreed", () =>
    assert.deepEqual(
      dependencyFaults(
        chart({ "Chart.yaml": withDagster, [archive]: "a", "archives.sha256": `${sha256("a")}  ${archive}\n` }),
      ),
      [],
    ));

  it("names a dependency that is missing, and the command that fetches it", () =>
    assert.match(
      dependencyFaults(chart({ "Chart.yaml": withDagster })).join(),
      /web: the dependency dagster 1\.12\.22 is missing; fetch it: helm pull dagster --repo https:\/\/dagster\.example\/helm --version 1\.12\.22 -d .*web\/charts$/,
    ));

  it("takes the version of a range from Chart.lock", () =>
    assert.match(
      dependencyFaults(
        chart({
          "Chart.yaml": withDagster.replace("1.12.22", '">=1"'),
          "Chart.lock":
            "dependencies: [{ name: dagster, version: 1.12.22, repository: https://dagster.example/helm }]\n",
        }),
      ).join(),
      /dagster 1\.12\.22 is missing/,
    ));

  it("names one with another content, both digests, and the command", () => {
    const [fault = ""] = dependencyFaults(
      chart({ "Chart.yaml": withDagster, [archive]: "b", "archives.sha256": `${sha256("a")}  ${archive}\n` }),
    );
    assert.ok(fault.includes(sha256("a")) && fault.includes(sha256("b")), fault);
    assert.match(fault, /the dependency dagster 1\.12\.22\).*fetch it again: helm pull dagster/);
  });

  it("names an archive nobody agreed on", () =>
    assert.match(
      dependencyFaults(chart({ "Chart.yaml": withDagster, [archive]: "a" })).join(),
      /no digest in archives\.sha256; look at it, then: .*sha256sum charts\/\*\.tgz > archives\.sha256/,
    ));
});

describe("chart push and versions: what is refused", () => {
  for (const to of ["ghcr.io/acme", "oci://user:hunter2@ghcr.io/acme", "oci://<registry>/charts"])
    it(`an address such as ${to}`, async () =>
      assert.rejects(pushCharts([chart(good)], { to, limit: 5 }), {
        message: /^--to .*expected a registry and a path/,
      }));

  it("a registry that does not answer, by its name", async () =>
    assert.rejects(pushCharts([chart(good)], { to: "oci://127.0.0.1:9/charts", plainHttp: true, limit: 5 }), {
      message: /^oci:\/\/127\.0\.0\.1:9\/charts: .*connection refused/,
    }));

  it("[FL-113] a registry that wants a sign-in, with the command for it and no word of the answer", async () => {
    const server = createServer((_, response) =>
      response.writeHead(401, { "www-authenticate": 'Basic realm="charts"' }).end(),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await assert.rejects(
        pushCharts([chart(good)], { to: `oci://${host}/charts`, plainHttp: true, limit: 5 }),
        ({ message }) => {
          assert.ok(
            message.endsWith(`; sign in first: helm registry login ${host} --username <user> --password-stdin`),
            message,
          );
          return true;
        },
      );
    } finally {
      server.close();
    }
  });

  it("[FL-96] a changed chart with the version it had, and a lower one, by name and versions", () =>
    assert.equal(
      formatChanged(
        [
          { chart: "api", before: "1.0.0", version: "1.0.0", raised: false },
          { chart: "db", before: "1.2.0", version: "1.1.0", raised: false },
          { chart: "new", version: "0.1.0", raised: true },
          { chart: "web", before: "1.0.0", version: "1.1.0", raised: true },
        ],
        "origin/main",
      ),
      `✖ api: its package changed since origin/main, and its version is still 1.0.0; raise version in charts/api/Chart.yaml
✖ db: its package changed since origin/main, and its version went from 1.2.0 down to 1.1.0; raise version in charts/db/Chart.yaml
✔ new: new, 0.1.0
✔ web: 1.0.0 → 1.1.0`,
    ));
});
