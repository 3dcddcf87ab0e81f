/** OWASP ASVS 5.0, chapters V6 to V10: every requirement of level 1 and 2, some of level 3, each with what holds it. Printed by `npm run docs`. */
import { authentication } from './asvs/authentication.ts';
import { authorization } from './asvs/authorization.ts';
import { oauth } from './asvs/oauth.ts';
import type { AsvsRow } from './asvs/row.ts';
import { sessionManagement } from './asvs/session-management.ts';

export const asvs: readonly AsvsRow[] = [...authentication, ...sessionManagement, ...authorization, ...oauth];
