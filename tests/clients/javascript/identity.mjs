// Prints who the AWS SDK for JavaScript is by its default chain. The SDK stands in the folder that ROLECALL_JS names.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.ROLECALL_JS, "package.json"));
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const { fromNodeProviderChain } = require("@aws-sdk/credential-providers");

const client = new STSClient({ credentials: fromNodeProviderChain() });
const identity = await client.send(new GetCallerIdentityCommand({}));
console.log(identity.Arn);
