// What an expansion may cost. A rule file is trusted, but the label values that its templates work on come from the
// network, and a slip such as a template that calls itself must not stop the server. Each bound that is reached is an
// error of the template, never a crash or a hang.

/** Longest text of a template, in UTF-16 units. */
export const MAX_TEMPLATE_LENGTH = 1 << 20;
/** How deep control structures and parentheses may be nested in a template's text. */
export const MAX_NESTING = 250;
/** Longest text that is read as a number, in UTF-16 units; longer ones are none. The regular expressions that read it are not linear. */
export const MAX_NUMBER_LENGTH = 1000;
/** Variables in scope at one place of a template. */
export const MAX_VARIABLES = 1000;
/** How deep an execution may go: templates that call templates, and what is nested in them. Go has 100000 for templates alone. */
export const MAX_DEPTH = 500;
/** Longest output, and longest text that a function may make on the way, in UTF-16 units. */
export const MAX_OUTPUT_LENGTH = 1 << 20;
/** Steps of one execution: statements, commands, rounds of loops; what a function does with long texts counts as many. */
export const MAX_STEPS = 1_000_000;
/** Queries of one expansion; the same text asked again is not counted again. */
export const MAX_QUERIES = 100;
