/** Characters of one log field. A Status message or a stack's first lines fit; a request body does not. */
export const logFieldLengthMax = 1024

/**
 * Label combinations of one metric. kube-apiserver's widest metric has some 1,500 in a busy cluster; past the limit
 * new combinations are counted together, so that a client cannot grow memory by inventing names.
 */
export const seriesPerMetricMax = 5000

/** Bytes of a watched key or certificate file. A bundle of a hundred certificates has 200 kB. */
export const watchedFileSizeBytesMax = 4 * 1024 * 1024
