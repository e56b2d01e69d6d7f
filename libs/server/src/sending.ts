import type { ApiResponse } from '@ensign/endpoints'

/**
 * Sends an answer so that one that cannot be sent, such as one with a header that no transport takes, ends its own
 * request and nothing else.
 */
export const sending =
  (respond: (answer: ApiResponse) => void, giveUp: () => void) =>
  (answer: ApiResponse): void => {
    try {
      respond(answer)
    } catch {
      answer.events?.stop()
      giveUp()
    }
  }
