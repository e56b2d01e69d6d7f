/** The Python that has the packages of `requirements.txt`. */
export const python = process.env.ENSIGN_TEST_PYTHON

/** Why tests that run Python programs cannot run here; undefined when they can. */
export const pythonMissing =
  python === undefined ? 'ENSIGN_TEST_PYTHON names no Python with what e2e/requirements.txt asks for' : undefined
