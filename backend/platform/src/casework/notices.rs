//! What people are told about cases of every kind. The words for a task, `<kind of case>.<task>`, are those of the
//! slice that owns the kind: `values.task` of its texts.

use chrono::NaiveDate;
use nq57_core::time::vietnam_date;

use super::deadlines::{Deadline, DeadlineNotice};
use crate::notifications::Notice;

crate::notices! {
    /// To those who hold it now: it waits for them.
    TaskWaiting = "task_waiting" { title: String, code: String, task: String }
    /// To who holds it: at most one working day is left.
    DeadlineSoon = "deadline_soon" { title: String, code: String, task: String, due_on: NaiveDate }
    /// To who holds it: the deadline has passed.
    DeadlineBreached = "deadline_breached" { title: String, code: String, task: String, due_on: NaiveDate }
}

impl Deadline {
    /// Tells that it is near or has passed, to nobody yet; once for each message of the outbox.
    #[must_use]
    pub fn notice(&self, kind: &str, title: String, code: String, key: &str) -> Notice {
        let (task, due_on) = (format!("{kind}.{}", self.kind), vietnam_date(self.due_at));
        let notice = match self.notice {
            DeadlineNotice::Soon => Notice::new(&DeadlineSoon { title, code, task, due_on }),
            DeadlineNotice::Breached => {
                Notice::new(&DeadlineBreached { title, code, task, due_on })
            }
        };
        notice.once(key)
    }
}
