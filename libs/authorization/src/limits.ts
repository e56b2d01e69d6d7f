/** Every bound on what rules, bindings and the questions about them may cost, with its arithmetic. */
export const limits = {
  /**
   * Rules of a role, or values of a list in a rule, that are compared one after another. More are searched by an index, which
   * is made when it is first needed. The default roles that a request meets most have fewer.
   */
  scannedMax: 32,
  /** Bindings of one user that are looked at before it is remembered which roles they had: nearly all users have fewer. */
  bindingsUnremembered: 8,
  /** Roles that are missing, told in one answer. With names of 253 bytes some 30 kB. */
  problemsMax: 100,
  /**
   * Comparisons of one value with one rule that one write of a role or binding may cost in the escalation check. Some 30 ns each
   * make 0.15 s. A role of 50,000 values against a user with the default roles takes a tenth of it.
   */
  coverStepsMax: 5_000_000,
  /**
   * What a refusal tells of the rules that are missing: verbs on one resource and name, and characters of these. All that
   * `admin` grants is 700 of 30 characters.
   */
  missingMax: 2_048,
  missingCharactersMax: 128 * 1_024,
  /**
   * Rules and characters of a SelfSubjectRulesReview's answer; what is beyond makes it incomplete. A role of the largest
   * body fits; the default roles of a user with a hundred bindings are 5,000 rules.
   */
  reviewRulesMax: 20_000,
  reviewCharactersMax: 4 << 20,
} as const
