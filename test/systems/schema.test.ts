import { strict as assert } from "node:assert";
import fc from "fast-check";
import { quantity, resources } from "../../systems/schema";

const cpus: [written: string, cores: number][] = [
  ["100m", 0.1],
  ["0.5", 0.5],
  ["2", 2],
  ["1500m", 1.5],
];
const memories: [written: string, bytes: number][] = [
  ["1", 1],
  ["1k", 1000],
  ["1Ki", 1024],
  ["128Mi", 134_217_728],
  ["1G", 1_000_000_000],
  ["2Gi", 2_147_483_648],
  ["1Ti", 1_099_511_627_776],
];
const amounts = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });

describe("systems: shared types", () => {
  it("[MR-32] reads quantities as Kubernetes does", () => {
    for (const [written, value] of [...cpus, ...memories]) assert.equal(quantity(written), value, written);
  });

  it("[MR-32] takes every quantity it can read and refuses near misses", () => {
    for (const [cpu] of cpus) assert.ok(resources.safeParse(amounts(cpu, "64Mi")).success, cpu);
    for (const [memory] of memories) assert.ok(resources.safeParse(amounts("100m", memory)).success, memory);
    for (const cpu of ["", "100M", "0.5m", ".5", "1.0000", "-1"]) {
      assert.ok(!resources.safeParse(amounts(cpu, "64Mi")).success, cpu);
    }
    for (const memory of ["128mb", "128MB", "128mi", "1.5Gi", "-1Gi", "Mi", ""]) {
      assert.ok(!resources.safeParse(amounts("100m", memory)).success, memory);
    }
  });

  it("[COS-02] [COS-33] refuses requests and limits of nothing, and says why", () => {
    const of = (requests: object, limits: object): string[] =>
      (resources.safeParse({ requests, limits }).error?.issues ?? []).map(
        ({ path, message }) => `${path.join(".")}: ${message}`,
      );
    const needed = "nothing is set aside, and an autoscaler has nothing to measure by";
    const unlimited = "Kubernetes takes that as no limit";
    const fine = { cpu: "1", memory: "1Gi" };
    for (const cpu of ["0", "0m", "0.000"]) {
      assert.deepEqual(of({ ...fine, cpu }, fine), [`requests.cpu: expected more than ${cpu}: ${needed}`]);
      assert.deepEqual(of(fine, { ...fine, cpu }), [`limits.cpu: expected more than ${cpu}: ${unlimited}`]);
    }
    for (const memory of ["0", "0Mi"]) {
      assert.deepEqual(of({ ...fine, memory }, fine), [`requests.memory: expected more than ${memory}: ${needed}`]);
      assert.deepEqual(of(fine, { ...fine, memory }), [`limits.memory: expected more than ${memory}: ${unlimited}`]);
    }
    for (const [cpu, words] of [
      [0, 'as text such as "100m" or "0.5"'],
      [undefined, 'as text such as "100m" or "0.5"'],
      ["-100m", 'such as "100m" or "0.5"'],
    ] as const)
      assert.deepEqual(of({ ...fine, cpu }, fine), [`requests.cpu: expected CPU ${words}`]);
    for (const [memory, words] of [
      [0, 'as text such as "128Mi"'],
      ["-1Mi", 'such as "128Mi" or "1Gi"'],
    ] as const)
      assert.deepEqual(of(fine, { ...fine, memory }), [`limits.memory: expected memory ${words}`]);
  });

  it("[MR-32] compares a limit with its request whatever the units", () => {
    const written = fc
      .tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom("Ki", "Mi", "k", "M"))
      .map(([n, unit]) => `${n}${unit}`);
    fc.assert(
      fc.property(written, written, (request, limit) => {
        const given = { requests: { cpu: "1", memory: request }, limits: { cpu: "1", memory: limit } };
        assert.equal(resources.safeParse(given).success, quantity(limit) >= quantity(request));
      }),
    );
  });
});
