import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as commonDictionary } from '@zxcvbn-ts/language-common';
import { dictionary as englishDictionary } from '@zxcvbn-ts/language-en';

/** Longer text is not looked at: the time grows much faster than the length. */
export const judgedCharsMax = 32;

/** 3 of 4: at least 10^8 guesses by somebody who knows the lists, the names and the habits. */
const scoreMin = 3;

/** Judges passwords by how many guesses they take. The lists are read once, when it is made. */
export function createStrengthRule(): (password: string, context: readonly string[]) => boolean {
  const estimator = new ZxcvbnFactory({
    dictionary: { ...commonDictionary, ...englishDictionary },
    graphs: adjacencyGraphs,
    // Misspelt dictionary words cost a great deal of time to find, and are not what attackers try first.
    useLevenshteinDistance: false,
  });
  return (password, context) =>
    estimator.check(
      password.slice(0, judgedCharsMax),
      context.map(word => word.slice(0, judgedCharsMax)),
    ).score >= scoreMin;
}
