import type { Rule } from '../../waf.ts';

/** What the markup and browser-script detector can say. */
export const xssRules = [
  { id: 'xss.script_element', title: 'a script element', points: 5, paranoia: 1 },
  { id: 'xss.script_source', title: 'a script element that loads a file of the site', points: 2, paranoia: 1 },
  { id: 'xss.script_mention', title: 'the beginning of a script element', points: 5, paranoia: 2 },
  { id: 'xss.event_handler', title: 'markup with an event handler', points: 5, paranoia: 1 },
  { id: 'xss.framework_handler', title: 'markup with a handler of a template framework', points: 2, paranoia: 1 },
  { id: 'xss.attribute_breakout', title: 'an event handler that leaves a quoted attribute', points: 5, paranoia: 1 },
  { id: 'xss.bare_handler', title: 'an event handler outside of markup', points: 3, paranoia: 1 },
  { id: 'xss.tag_breakout', title: 'a quote that ends an attribute and begins markup', points: 5, paranoia: 1 },
  { id: 'xss.script_url', title: 'a URL that runs script', points: 5, paranoia: 1 },
  { id: 'xss.script_url_plain', title: 'a script URL that calls a function of its page', points: 3, paranoia: 1 },
  { id: 'xss.data_url', title: 'a document inside a data URL', points: 5, paranoia: 1 },
  { id: 'xss.active_element', title: 'an element that loads or runs foreign content', points: 5, paranoia: 1 },
  { id: 'xss.embedding', title: 'an element that embeds another page', points: 2, paranoia: 1 },
  { id: 'xss.form', title: 'a form that sends what people type to another site', points: 2, paranoia: 1 },
  {
    id: 'xss.form_theft',
    title: 'a form that has the page or its passwords sent to another site',
    points: 5,
    paranoia: 1,
  },
  { id: 'xss.style_theft', title: 'a style that tells another site what the page holds', points: 5, paranoia: 1 },
  { id: 'xss.style_code', title: 'a style that runs script', points: 5, paranoia: 1 },
  {
    id: 'xss.script_breakout',
    title: 'a quote that ends a string of a script and goes on as code',
    points: 5,
    paranoia: 1,
  },
  { id: 'xss.script_call', title: 'a call of a browser dialog or of eval', points: 5, paranoia: 1 },
  { id: 'xss.script_sink', title: 'script that reaches into the page', points: 2, paranoia: 1 },
  { id: 'xss.theft', title: "script that sends a page's cookies or storage away", points: 5, paranoia: 1 },
  { id: 'xss.obfuscated_script', title: 'script written so as not to be recognised', points: 5, paranoia: 1 },
  { id: 'xss.constructor_call', title: 'script that reaches the function constructor', points: 5, paranoia: 1 },
  { id: 'xss.encoded_markup', title: 'markup in an encoding that hides it', points: 5, paranoia: 1 },
  { id: 'xss.markup', title: 'any markup', points: 3, paranoia: 3 },
] as const satisfies readonly Rule[];

/** One of the ids above. */
export type XssRule = (typeof xssRules)[number]['id'];

/** Says that a rule matches at a span; a rule already said is not said again. */
export type Report = (rule: XssRule, start: number, end: number) => void;
