/**
 * Parts of the HTML pages and drawings that this library writes.
 *
 * <p>{@link io.telecomllm.report.Html} makes a page that stands alone, with its styles inside and
 * without scripts or anything loaded from a network, and its parts: sections, tiles, bars. {@link
 * io.telecomllm.report.Table} is a table. {@link io.telecomllm.report.Chart} draws lines and points
 * ({@link io.telecomllm.report.Curve}) as SVG, inside a page or as a file of its own. Colours
 * follow the reader's light or dark setting; the classes are in {@code report.css}.
 *
 * <p>Texts are escaped, so names and messages from files cannot become markup. The same values give
 * the same bytes. This package uses no other package of the library.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.report;
