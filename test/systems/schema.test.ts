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
