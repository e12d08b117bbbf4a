//! What a person is asked to show (`workflowId`, Web v4 guide, "Workflow IDs").

/// One of Jumio's workflows: 1xx is a document alone, 2xx a document and the face; x00 takes it by camera or upload, x01 by
/// camera only, x02 by upload only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Workflow(u16);

/// Stands before the number where Jumio keeps for us which workflow a transaction was made with.
const CRITERION: &str = "workflow-";

impl Workflow {
    /// All there are.
    pub(crate) const IDS: [u16; 6] = [100, 101, 102, 200, 201, 202];

    /// The workflow of this number, if there is one.
    pub(crate) fn of(id: u16) -> Option<Self> {
        Self::IDS.contains(&id).then_some(Self(id))
    }

    /// Its number.
    pub(super) const fn id(self) -> u16 {
        self.0
    }

    /// Whether the face is compared with the document; without that nobody knows whose document it is.
    pub(super) const fn compares_faces(self) -> bool {
        self.0 >= 200
    }

    /// What is sent as `reportingCriteria`, which comes back with the result: settings may have changed by then, and a
    /// transaction is judged by the workflow that it was made with. One that comes back without it has to show a face.
    pub(super) fn criterion(self) -> String {
        format!("{CRITERION}{}", self.0)
    }

    /// The workflow that a criterion names; nothing where it is none of ours.
    pub(super) fn by_criterion(text: &str) -> Option<Self> {
        Self::of(text.strip_prefix(CRITERION)?.parse().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_numbers_are_workflows() {
        for id in Workflow::IDS {
            assert_eq!(Workflow::of(id).map(Workflow::id), Some(id));
        }
        for id in [0, 1, 99, 103, 199, 203, 300, 1000] {
            assert_eq!(Workflow::of(id), None, "{id}");
        }
    }

    #[test]
    fn the_second_hundred_compares_faces() {
        let compares = Workflow::IDS.map(|id| Workflow::of(id).unwrap().compares_faces());
        assert_eq!(compares, [false, false, false, true, true, true]);
    }

    #[test]
    fn a_criterion_comes_back_as_its_workflow() {
        for id in Workflow::IDS {
            let workflow = Workflow::of(id).unwrap();
            assert_eq!(Workflow::by_criterion(&workflow.criterion()), Some(workflow));
        }
    }

    #[test]
    fn a_criterion_that_is_none_of_ours_names_no_workflow() {
        for text in [
            "",
            "100",
            "workflow-",
            "workflow-103",
            "workflow-100 ",
            "Workflow-100",
            "web",
        ] {
            assert_eq!(Workflow::by_criterion(text), None, "{text}");
        }
    }
}
