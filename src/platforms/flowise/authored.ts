import type { AuthoredByAction } from '../authored.ts';

/** A flow is sent as JSON in a string, so its parts stand in the field and below it. */
const flow = [
  ...[
    'flowData',
    'chatbotConfig',
    'apiConfig',
    'analytic',
    'speechToText',
    'textToSpeech',
    'followUpPrompts',
    'schema',
    'details',
  ].flatMap(name => [`json:${name}`, `json:${name}.**`]),
  'json:func',
  'json:description',
];

/** Where people write code, SQL, markup and prompts when they do this. The name of a flow is none of it: it is shown to others. */
export const flowiseAuthored: AuthoredByAction = {
  'workflow.create': [...flow, 'json:templateName', 'json:badge', 'json:usecases'],
  'workflow.update': [...flow, 'json:value'],
  'workflow.execute': ['json:**', 'form:**', 'multipart:**', 'file:**'],
  'node.run_code': ['json:**'],
  'credential.create': ['json:plainDataObj.**'],
  'credential.update': ['json:plainDataObj.**'],
  'data_source.create': ['json:**', 'file:**', 'multipart:**'],
  'data_source.manage': ['json:**', 'file:**', 'multipart:**'],
  'data_source.use': ['json:**', 'file:**', 'multipart:**'],
  'execution.control': ['json:executionData', 'json:executionData.**'],
  'settings.manage': ['json:**'],
};
