/** What an API server says when it refuses an object, in the fewest words that tell what to do about it. */

/** A reason as people read it. */
export interface PlainReason {
  text: string;
  /** What to do about it, a clause in the imperative; undefined where that is not known. */
  remedy?: string;
}

/** How an object that waited in vain says so; `WaitingObjects.end` writes it. */
const LASTING = /^(.*), also after (\d+) s: (.*)$/s;

const GIVE_RIGHT = "give this user the right (kube-backup check-access says which are missing)";

interface Rule {
  pattern: RegExp;
  text: (match: readonly string[]) => string;
  remedy?: (match: readonly string[]) => string;
}

/** In the API server's own words, of Kubernetes 1.36. The first that fits counts. */
const RULES: readonly Rule[] = [
  {
    // Of what is said of a Secret nothing is left but this.
    pattern: /^Forbidden$/,
    text: () => "Forbidden (HTTP 403)",
    remedy: () => GIVE_RIGHT,
  },
  {
    pattern: /failed calling webhook "([^"]+)": (?:failed to call webhook: )?(.*)$/s,
    text: ([, name = "", why = ""]) => `the webhook ${name} cannot be called: ${plainCall(why)}`,
    remedy: ([, name]) => `start what serves the webhook ${name}, or delete its configuration`,
  },
  {
    pattern: /conversion webhook for ([^,]+), Kind=(\S+) failed: (.*)$/s,
    text: ([, , kind = "", why = ""]) =>
      `the conversion webhook of ${kind} cannot be called: ${plainCall(why)}`,
    remedy: ([, , kind]) => `start what serves the conversion webhook of ${kind}`,
  },
  {
    pattern: /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: (.*)$/s,
    text: ([, name, why]) => `denied by ValidatingAdmissionPolicy ${name}: ${why}`,
    remedy: ([, name]) => `change the ValidatingAdmissionPolicy ${name}, or leave out what it denies`,
  },
  {
    pattern: /admission webhook "([^"]+)" denied the request(?:: (.*))?$/s,
    text: ([, name, why]) => `denied by the webhook ${name}${why === undefined ? "" : `: ${why}`}`,
    remedy: ([, name]) => `change what the webhook ${name} demands, or leave out what it denies`,
  },
  {
    pattern: /exceeded quota: ([^,]+), (.*)$/s,
    text: ([, name, why]) => `exceeds the ResourceQuota ${name}: ${why}`,
    remedy: ([, name]) => `raise the ResourceQuota ${name}`,
  },
  {
    pattern: /violates PodSecurity "([^"]+)": (.*)$/s,
    text: ([, level, why]) => `violates PodSecurity ${level}: ${why}`,
    remedy: () => "change the label pod-security.kubernetes.io/enforce of the namespace",
  },
  {
    pattern: /is forbidden: (User "[^"]*" cannot .*)$/s,
    text: ([, why]) => `${why}`,
    remedy: () => GIVE_RIGHT,
  },
  { pattern: /^\S+ "[^"]*" is (?:forbidden|invalid): (.*)$/s, text: ([, why]) => `${why}` },
];

/** The failures of Go's HTTP client, as the API server quotes them. */
const CALLS: readonly { pattern: RegExp; text: (match: readonly string[]) => string }[] = [
  {
    pattern: /dial tcp (\S+): connect: connection refused/,
    text: ([, address]) => `${address} refuses the connection`,
  },
  { pattern: /lookup (\S+?)(?: on \S+)?: no such host/, text: ([, host]) => `${host} has no address` },
  { pattern: /service "([^"]+)" not found/, text: ([, name]) => `there is no Service ${name}` },
  {
    pattern: /no endpoints available for service "([^"]+)"/,
    text: ([, name]) => `nothing is behind the Service ${name}`,
  },
  { pattern: /(?:tls|x509): (.*)$/s, text: ([, why]) => `its certificate is not accepted: ${why}` },
  { pattern: /context deadline exceeded|Timeout exceeded|i\/o timeout/, text: () => "no answer in time" },
];

/** Says why an object failed, without the words that every such reason has. */
export function plainReason(reason: string): PlainReason {
  const [, waitsFor, seconds, last] = LASTING.exec(reason) ?? [];
  const { text, remedy } = plainText((last ?? reason).replace(/ \(HTTP \d{3}\)(?=;|$)/, ""));
  // Of a Secret's refusal nothing is quoted but the kind of it: what was waited for says more.
  const said = waitsFor === undefined || remedy !== undefined ? text : `${waitsFor}: ${text}`;
  return {
    text: seconds === undefined ? said : `${said} (tried for ${seconds} s)`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function plainText(said: string): PlainReason {
  for (const { pattern, text, remedy } of RULES) {
    const match = pattern.exec(said);
    if (match === null) continue;
    return { text: text(match), ...(remedy === undefined ? {} : { remedy: remedy(match) }) };
  }
  return { text: said };
}

function plainCall(why: string): string {
  for (const { pattern, text } of CALLS) {
    const match = pattern.exec(why);
    if (match !== null) return text(match);
  }
  return why;
}
