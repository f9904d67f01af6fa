/** Every field case, by the name of its file. */
import couponUsageLimit from "./01-coupon-usage-limit.js";
import reservationQuantity from "./02-reservation-quantity.js";
import webhookAndConfirm from "./03-webhook-and-confirm.js";
import stripeWebhookThrice from "./04-stripe-webhook-thrice.js";
import doubleBooking from "./05-double-booking.js";
import confirmTwoPending from "./06-confirm-two-pending.js";
import upsert from "./08-upsert.js";
import staleJobList from "./11-stale-job-list.js";
import incrExpire from "./12-incr-expire.js";
import jsonFile from "./15-json-file.js";
import redlockExpires from "./16-redlock-expires.js";
import versionColumn from "./17-version-column.js";
import orderBeforeCoupon from "./18-order-before-coupon.js";
import oneConnection from "./19-one-connection.js";
import promiseAll from "./20-promise-all.js";
import stalledJob from "./22-stalled-job.js";
import lockEndsBeforeCommit from "./24-lock-ends-before-commit.js";
import lockTwice from "./26-lock-twice.js";
import pgOnConflictSerializable from "./28-pg-on-conflict-serializable.js";
import sessionStore from "./29-session-store.js";
import partialUniqueIndex from "./31-partial-unique-index.js";
import foreignKeyDeadlock from "./35-foreign-key-deadlock.js";
import type { Variant } from "./variant.js";

export const cases: { readonly [file: string]: readonly Variant[] } = {
  "01-coupon-usage-limit": couponUsageLimit,
  "02-reservation-quantity": reservationQuantity,
  "03-webhook-and-confirm": webhookAndConfirm,
  "04-stripe-webhook-thrice": stripeWebhookThrice,
  "05-double-booking": doubleBooking,
  "06-confirm-two-pending": confirmTwoPending,
  "08-upsert": upsert,
  "11-stale-job-list": staleJobList,
  "12-incr-expire": incrExpire,
  "15-json-file": jsonFile,
  "16-redlock-expires": redlockExpires,
  "17-version-column": versionColumn,
  "18-order-before-coupon": orderBeforeCoupon,
  "19-one-connection": oneConnection,
  "20-promise-all": promiseAll,
  "22-stalled-job": stalledJob,
  "24-lock-ends-before-commit": lockEndsBeforeCommit,
  "26-lock-twice": lockTwice,
  "28-pg-on-conflict-serializable": pgOnConflictSerializable,
  "29-session-store": sessionStore,
  "31-partial-unique-index": partialUniqueIndex,
  "35-foreign-key-deadlock": foreignKeyDeadlock,
};
