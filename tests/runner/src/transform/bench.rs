//! A bench for tests: a transformation, its claims and what surrounds it, in one expression.

use time::macros::datetime;

use super::{Context, Failure, apply};
use crate::{
    claims::{Bag, Value},
    model::{
        ClaimType, ClaimsTransformation, Policy, Span,
        claim::{Parameter, TransformationClaim},
        page::LocalizedResources,
        words::{DataType, Word as _},
    },
};

/// The message item of a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) &'static str);

/// Claims are named `id:dataType`, string if no type is said.
pub(super) struct Bench {
    transformation: ClaimsTransformation,
    policy: Policy,
    bag: Bag,
    texts: LocalizedResources,
}

impl Bench {
    pub(super) fn new(method: &str) -> Self {
        let transformation = ClaimsTransformation {
            method: method.to_owned(),
            ..ClaimsTransformation::default()
        };
        let policy = Policy {
            tenant: "b2cdemo.onmicrosoft.com".to_owned(),
            ..Policy::default()
        };
        Self {
            transformation,
            policy,
            bag: Bag::default(),
            texts: LocalizedResources::default(),
        }
    }

    pub(super) fn input(mut self, claim: &str, role: &str, value: &str) -> Self {
        let (id, kind) = self.claim_type(claim);
        self.bag.set(&id, Value::parse(kind, value).unwrap());
        self.transformation.inputs.push(part(id, role));
        self
    }

    pub(super) fn absent(mut self, claim: &str, role: &str) -> Self {
        let (id, _) = self.claim_type(claim);
        self.transformation.inputs.push(part(id, role));
        self
    }

    pub(super) fn parameter(self, id: &str, value: &str) -> Self {
        self.typed_parameter(id, DataType::String, value)
    }

    pub(super) fn typed_parameter(mut self, id: &str, data_type: DataType, value: &str) -> Self {
        let parameter = Parameter {
            id: id.to_owned(),
            data_type,
            value: value.to_owned(),
            span: Span::default(),
        };
        self.transformation.parameters.push(parameter);
        self
    }

    pub(super) fn output(mut self, claim: &str, role: &str) -> Self {
        let (id, _) = self.claim_type(claim);
        self.transformation.outputs.push(part(id, role));
        self
    }

    pub(super) fn texts(mut self, texts: LocalizedResources) -> Self {
        self.texts = texts;
        self
    }

    pub(super) fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.policy);
        self
    }

    /// Runs at 2024-05-06 07:08:09 UTC, with 7 for every random byte and the key `B2C_1A_Secret`.
    pub(super) fn run(self) -> Result<Bag, Failure> {
        let Self {
            transformation,
            policy,
            mut bag,
            texts,
        } = self;
        let context = Context {
            policy: &policy,
            profile: "Facebook-OAUTH",
            now: datetime!(2024-05-06 07:08:09 UTC),
            texts: Some(&texts),
            key: &|name| (name == "B2C_1A_Secret").then(|| b"secret".to_vec()),
            random: &|buffer| buffer.fill(7),
        };
        apply(&transformation, &mut bag, &context).map(|()| bag)
    }

    /// Text of the claim `out` after a run.
    pub(super) fn out(self) -> Option<String> {
        self.run().unwrap().text("out")
    }

    pub(super) fn refused(self) -> Refusal {
        match self.run() {
            Err(Failure::Refused { message, .. }) => Refusal(message),
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(super) fn broken(self) -> bool {
        matches!(self.run(), Err(Failure::Broken(_)))
    }

    fn claim_type(&mut self, claim: &str) -> (String, DataType) {
        let (id, kind) = claim.split_once(':').unwrap_or((claim, "string"));
        let kind = DataType::parse(kind).unwrap();
        if !self.policy.claim_types.contains(id) {
            let claim = ClaimType {
                id: id.to_owned(),
                data_type: Some(kind),
                ..ClaimType::default()
            };
            self.policy.claim_types.put(claim);
        }
        (id.to_owned(), kind)
    }
}

pub(super) fn flag(flag: bool) -> Value {
    Value::Boolean(flag)
}

fn part(claim: String, role: &str) -> TransformationClaim {
    TransformationClaim {
        claim,
        role: role.to_owned(),
        span: Span::default(),
    }
}
