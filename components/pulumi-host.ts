import * as pulumi from "@pulumi/pulumi";
import { lineOf, type RunHost } from "../process/run-events";

/** Where the program tells what it does under plain `pulumi up`: Pulumi's own log, which the program waits for before it ends. */
export const pulumiHost: RunHost = {
  notify: (event) => {
    const line = lineOf(event);
    if (line !== undefined) void (event.code === "warning" ? pulumi.log.warn(line) : pulumi.log.info(line));
  },
};
