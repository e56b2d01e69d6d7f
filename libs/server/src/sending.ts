import type { ApiResponse } from '@ensign/endpoints'

/**
 * Sends an answer so that one that cannot be sent, such as one with a header that no transport takes, ends its own
 * request and nothing else. It is a mistake of ours, and told as one.
 */
export const sending =
  (respond: (answer: ApiResponse) => void, giveUp: () => void, unexpected: (error: unknown) => void) =>
  (answer: ApiResponse): void => {
    try {
      respond(answer)
    } catch (error) {
      answer.events?.stop()
      giveUp()
      unexpected(error)
    }
  }
