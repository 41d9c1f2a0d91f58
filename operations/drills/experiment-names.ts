/** What a drill does to a service. */
export const experiments = ["pod-kill", "node-drain", "rolling-restart", "bad-release"] as const;
export type ExperimentName = (typeof experiments)[number];
