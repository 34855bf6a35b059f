import { KubeConfig } from "@kubernetes/client-node";

/**
 * Opens an `auth-provider` of a kubeconfig. Of these kubectl knows `oidc` alone, whose tokens are
 * renewed where they have expired. What comes back gives the Authorization header of now.
 *
 * docs/decisions/client-node.md says why this is all that the client's package does here.
 */
export async function openProvider(
  provider: Record<string, unknown>,
): Promise<() => Promise<string | undefined>> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "cluster", server: "https://localhost", skipTLSVerify: false },
    { name: "user", authProvider: provider },
  );
  return async () => {
    const options: { headers?: Record<string, string> } = {};
    await config.applyToHTTPSOptions(options);
    return options.headers?.["Authorization"];
  };
}
