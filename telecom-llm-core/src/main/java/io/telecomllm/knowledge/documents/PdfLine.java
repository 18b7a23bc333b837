package io.telecomllm.knowledge.documents;

/**
 * A line of a page.
 *
 * @param text with a tab where a wide gap is
 * @param page from 1
 * @param y of its baseline below the top of the page, in points
 * @param size of most of its characters, in points
 * @param direction of its characters, in degrees; that of most lines of a page is upright
 * @param bold whether most of its characters are bold
 */
record PdfLine(String text, int page, float y, float size, float direction, boolean bold) {}
