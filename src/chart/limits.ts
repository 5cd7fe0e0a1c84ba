/** Largest size of all files of a chart together, unpacked: 100 MiB, as Helm 4.2. */
export const maxChartBytes = 100 * 1024 * 1024

/** Largest size of one file of a chart: 5 MiB, as Helm 4.2. */
export const maxFileBytes = 5 * 1024 * 1024
