import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  comparableRecords,
  failedOf,
  type HelmRecord,
  manifestOf,
  newestFirst,
  releaseState,
  withStatus,
} from "../../cluster/helm-records";

/** As Helm writes it and the API server gives it: base64 of base64 of gzip of JSON. */
const kind = { apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1" };
const record = (version: number, status: string, more: object = {}, manifest = `kind: V${version}`): HelmRecord => {
  const body = { name: "web", info: { description: `said of ${version}`, status }, manifest };
  const inner = gzipSync(JSON.stringify(body)).toString("base64");
  return {
    ...kind,
    metadata: {
      name: `sh.helm.release.v1.web.v${version}`,
      labels: { owner: "helm", name: "web", version: String(version), status },
      creationTimestamp: "2026-01-02T03:04:05Z",
      ...more,
    },
    data: { release: Buffer.from(inner).toString("base64") },
  };
};
const opened = ({ data }: HelmRecord): { readonly manifest?: string } =>
  JSON.parse(gunzipSync(Buffer.from(Buffer.from(data.release, "base64").toString(), "base64")).toString());

describe("helm-records", () => {
  const records = newestFirst([
    record(2, "deployed"),
    record(10, "failed", { managedFields: [{ manager: "Helm" }, { manager: "kubectl-edit" }] }),
    record(9, "superseded"),
  ]);

  it("the newest revision is the highest as a number", () =>
    assert.deepEqual(
      records.map(({ metadata }) => metadata.labels.version),
      ["10", "9", "2"],
    ));

  it("a release's state is its newest record's, and its description that of what is deployed", () => {
    assert.deepEqual(releaseState(records), {
      status: "failed",
      revision: 10,
      description: "said of 2",
      record: "sh.helm.release.v1.web.v10",
      written: "2026-01-02T03:04:05Z",
      writer: "Helm",
    });
    assert.equal(releaseState([record(1, "pending-install")])?.description, undefined);
    assert.equal(releaseState([]), undefined);
  });

  it("what is in the cluster is what is deployed, else the newest", () => {
    assert.equal(manifestOf(records), "kind: V2");
    assert.equal(manifestOf([record(3, "failed"), record(2, "superseded")]), "kind: V3");
    assert.equal(manifestOf([]), undefined);
  });

  it("another status stands in the label and in the body, and nothing else changes but who wrote it", () => {
    const changed = withStatus(record(2, "pending-upgrade", { managedFields: [{ manager: "Helm" }] }), "failed");
    const { metadata, data: _, ...rest } = changed;
    assert.deepEqual(metadata, record(2, "failed").metadata);
    assert.deepEqual(rest, kind);
    assert.deepEqual(opened(changed), opened(record(2, "failed")));
  });

  it("of those that are there, the one that is named has failed", () => {
    const [changed, ...more] = failedOf(records, "sh.helm.release.v1.web.v9");
    assert.deepEqual([changed?.metadata, more], [record(9, "failed").metadata, []]);
    assert.deepEqual(failedOf(records, "sh.helm.release.v1.web.v8"), []);
  });

  it("a status that nobody wrote is unknown", () => {
    const { metadata, data } = record(1, "deployed");
    const { status: _, ...labels } = metadata.labels;
    assert.equal(releaseState([{ metadata: { ...metadata, labels }, data }])?.status, "unknown");
  });

  describe("an upgrade after a failure is compared with everything there may be", () => {
    const named = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
    const of = (version: number, status: string, ...names: string[]): HelmRecord =>
      record(version, status, {}, names.map(named).join("---\n"));
    const statuses = (changed: readonly HelmRecord[]): string[] =>
      changed.map(({ metadata: { labels } }) => `${labels.version} ${labels.status}`);
    const names = (one: HelmRecord | undefined): string[] =>
      [...((one && opened(one).manifest) ?? "").matchAll(/name: (\w+)/g)].map(([, name = ""]) => name);

    it("what failed gets the objects of what is deployed, which is superseded", () => {
      const changed = comparableRecords([
        of(3, "failed", "b"),
        of(2, "deployed", "a", "b"),
        of(1, "superseded", "old"),
      ]);
      assert.deepEqual(statuses(changed), ["3 failed", "2 superseded"]);
      assert.deepEqual(
        [names(changed[0]), names(changed[1])],
        [
          ["b", "a"],
          ["a", "b"],
        ],
      );
    });
    it("so does one that failed after another, whose objects may be there too", () => {
      const changed = comparableRecords([
        of(4, "failed", "c"),
        of(3, "failed", "b"),
        of(2, "superseded", "a"),
        of(1, "superseded", "old"),
      ]);
      assert.deepEqual(statuses(changed), ["4 failed"]);
      assert.deepEqual(names(changed[0]), ["c", "b", "a"]);
    });
    it("what has the same objects is not written again", () => {
      const [failed, deployed] = [of(2, "failed", "a", "b"), of(1, "deployed", "a")];
      assert.deepEqual(statuses(comparableRecords([failed, deployed])), ["1 superseded"]);
      assert.deepEqual(comparableRecords([failed]), []);
    });
    it("nothing changes where the newest revision did not fail", () => {
      for (const status of ["deployed", "pending-upgrade", "uninstalling"])
        assert.deepEqual(comparableRecords([of(3, status), of(2, "failed"), of(1, "deployed")]), []);
      assert.deepEqual(comparableRecords([]), []);
    });
  });
});
