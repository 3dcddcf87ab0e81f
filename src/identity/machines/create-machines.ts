import type { Ground } from '../ground.ts';
import { getServiceAccount } from './account-rows.ts';
import { addKey, createSecret, listCredentials, revokeCredential } from './credentials.ts';
import type { Machines } from './machines.ts';
import {
  createServiceAccount,
  deleteServiceAccount,
  disableServiceAccount,
  listAccounts,
  updateServiceAccount,
} from './program-accounts.ts';
import { createSubjectToken } from './subject-tokens.ts';
import { answerRevocation, answerTokenRequest } from './token-endpoint.ts';
import { getToken, listTokens, revokeToken } from './token-rows.ts';

/** Machines over the tables of this room. */
export function createMachines(ground: Ground): Machines {
  return {
    list: (query = {}) => listAccounts(ground, query),
    get: id => getServiceAccount(ground.db, id),
    create: (by, input) => createServiceAccount(ground, by, input),
    update: (by, id, input) => updateServiceAccount(ground, by, id, input),
    setDisabled: (by, id, disabled) => disableServiceAccount(ground, by, id, disabled),
    delete: (by, id) => deleteServiceAccount(ground, by, id),
    listCredentials: id => listCredentials(ground, id),
    createSecret: (by, input) => createSecret(ground, by, input),
    addKey: (by, input) => addKey(ground, by, input),
    revokeCredential: (by, userId, id) => revokeCredential(ground, by, userId, id),
    createSubjectToken: (by, input) => createSubjectToken(ground, by, input),
    listTokens: query => listTokens(ground, query),
    getToken: id => getToken(ground, id),
    revokeToken: (by, id) => revokeToken(ground, by, id),
    answerTokenRequest: request => answerTokenRequest(ground, request),
    answerRevocation: request => answerRevocation(ground, request),
  };
}
