/** What people ask a search box, and what editors of pages keep by their own format: told from attacks by the text around a match. */

const askedCharsMax = 160;
/** A question asked in words: no interpreter has a statement, a program or a path that begins so. */
const question =
  /^(?:(?:how|why) (?:to|do|does|did|is|are|can|could|should|would|my|not)|what(?:'s| is| are| does| do)|where(?:'s| is| are| do| does| can)|when (?:to|is|do|does)|which|who(?:'s| is| are)|is there|can (?:i|you|we)|does|difference between|meaning of|was (?:ist|sind|macht|bedeutet)|wie (?:kann|geht|macht|funktioniert)|wo (?:ist|liegt|finde)|warum)\s/;
/** What follows a name that is looked up in a manual. */
const lookedUp =
  /\s(?:explained|explanation|examples?|tutorial|meaning|documentation|docs|manual|not found|not working|permission denied|vs\.? \w{1,30}|cheat ?sheet)\s?\??$/;
/** Letters, digits and what names and paths are made of: nothing that ends a literal, chains a command or goes up a folder. */
const plain = /^[\p{L}\p{M}\p{N} _.,:~/\\@+?-]*$/u;
const questionRules =
  /^(?:traversal\.(?:system-file|stream)|code\.|shell\.(?:bare-command|destruction)$|ssrf\.scheme$|sqli\.(?:catalogue|condition|procedure|statement|stacked|inner_statement|weak_\w+|function)$)/;

/** A name is asked about, in words of a language and with no sign that would let it act. */
export function isAsked(rule: string, text: string): boolean {
  if (text.length > askedCharsMax || !questionRules.test(rule)) return false;
  const lower = text.trim().toLowerCase();
  const first = question.exec(lower);
  // A command runs whatever words stand behind it; only words before it keep it from that.
  if (first === null && (rule.startsWith('shell.') || !lookedUp.test(lower))) return false;
  const asked = first !== null && first[0].includes("'") ? lower.slice(first[0].length) : lower;
  return plain.test(asked) && !/--|\.\.|\/\/ |\/\*/.test(asked);
}

/** Members whose format says that markup and scripts stand there: the free blocks of page builders (Elementor, Ghost). */
const markupFields =
  /(?:^|\.)(?:elements\[\]\.(?:elements\[\]\.){0,8}settings\.(?:html|custom_css|editor)|lexical\.root\.children\[\]\.html|posts\[\]\.codeinjection_(?:head|foot)|pages\[\]\.codeinjection_(?:head|foot))$/;
/** A member that is an author's own markup, scripts and all. */
export function isOwnMarkup(name: string): boolean {
  return markupFields.test(name);
}

/** A message that is a fence from end to end: in a statement of SQL three backticks are an empty name and the beginning of another. */
export function isOneFence(text: string): boolean {
  const whole = text.trim();
  return whole.length > 8 && whole.startsWith('```') && whole.endsWith('```') && !whole.slice(3, -3).includes('`');
}
