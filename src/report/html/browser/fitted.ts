import uPlot from "uplot";

/** A chart that is as wide as its place, now and later. */
export function fitted(place: HTMLElement, options: Omit<uPlot.Options, "width">, data: uPlot.AlignedData): uPlot {
  const width = () => Math.max(200, Math.floor(place.clientWidth));
  const chart = new uPlot({ ...options, width: width() }, data, place);
  new ResizeObserver(() => {
    if (place.clientWidth > 0 && width() !== chart.width) chart.setSize({ width: width(), height: options.height });
  }).observe(place);
  return chart;
}
