/** Servers elsewhere, as stacks of tests name them. */
export const host = "postgresql.data.internal";
export const endpoint = "https://s3.eu-central-1.amazonaws.com";

/** A database elsewhere, with more said of it. */
export const database = (more: object = {}) => ({ postgresql: { mode: "external", external: { host, ...more } } });

/** An object store elsewhere, with more said of it. */
export const store = (more: object = {}) => ({ objectStorage: { mode: "external", external: { endpoint, ...more } } });

/** The least a configuration of floe says. */
export const least = { enabled: true, imageRegistry: "registry.data.internal/floe" };
