/** How code of the usual server languages looks where it runs something. */

import type { Form } from './form.ts';
import { further } from './forms-further.ts';
import { indirect } from './forms-indirect.ts';
import { java, others, rare } from './forms-java.ts';
import { php } from './forms-php.ts';
import { node, python, ruby } from './forms-script.ts';
import { statements } from './forms-statements.ts';

/** All forms, of all languages. */
export const forms: readonly Form[] = [
  ...php,
  ...node,
  ...python,
  ...ruby,
  ...java,
  ...others,
  ...rare,
  ...further,
  ...indirect,
  ...statements,
];
