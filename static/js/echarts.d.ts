/** What the pages use of Apache ECharts. */
export interface Chart {
  setOption(option: Record<string, unknown>, options?: { notMerge?: boolean; lazyUpdate?: boolean }): void;
  resize(): void;
  dispose(): void;
}
export function init(element: HTMLElement, theme?: null, options?: { renderer?: 'canvas' | 'svg' }): Chart;
