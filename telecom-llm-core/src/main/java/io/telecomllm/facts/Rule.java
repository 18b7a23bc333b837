package io.telecomllm.facts;

/** What can be compared exactly, without a judge. */
public enum Rule {
  /** A clause that the claim names is in the specification that it names. */
  CLAUSE,
  /** Words in quotation marks are somewhere in the knowledge base, character for character. */
  QUOTATION,
  /** Numbers with their units are those of the evidence, after conversion. */
  QUANTITY,
  /** What shall, should or may be done is so in the evidence. */
  OBLIGATION,
  /** What is denied is denied in the evidence as well. */
  NEGATION,
  /** An acronym stands for what the lexicon says. */
  ACRONYM,
  /** Acronyms and identifiers that the claim names are in the evidence as well. */
  NAME,
  /** A release is the one that the evidence mentions. */
  RELEASE
}
