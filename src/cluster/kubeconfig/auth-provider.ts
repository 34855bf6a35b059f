import { KubeConfig } from "@kubernetes/client-node";

/**
 * Opens an `auth-provider` of a kubeconfig. kubectl still knows one provider, `oidc`, whose expired tokens are
 * renewed. The function that is returned gives the current Authorization header.
 *
 * docs/decisions/client-node.md says why @kubernetes/client-node does nothing else here.
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
