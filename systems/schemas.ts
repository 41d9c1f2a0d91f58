import type { SystemSchema } from "../config/stack-schema";
import { companyosConfig } from "./companyos/config";
import { settlePlatform } from "./companyos/platform";
import { mailroomConfig, mailroomCredentials } from "./mailroom/config";
import { trevorConfig } from "./trevor/config";
import { trevorCredentials } from "./trevor/credentials";
import { settleTrevor } from "./trevor/environment";

/** Configuration types of all systems, by the key they have in a stack's file; without Pulumi, for the command line and the editors' schema. */
export const systemSchemas: Readonly<Record<string, SystemSchema>> = {
  mailroom: { config: mailroomConfig, credentials: mailroomCredentials },
  companyos: { config: companyosConfig, settle: settlePlatform },
  trevor: { config: trevorConfig, credentials: trevorCredentials, settle: settleTrevor },
};
