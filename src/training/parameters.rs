//! A network's weights, and their gradients, as one vector in the order in which burn visits them.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Tensor, TensorData, backend::AutodiffBackend, backend::Backend},
};

/// All weights of `module`.
pub fn collect<B: Backend, M: Module<B>>(module: &M) -> Vec<f32> {
    struct Collect(Vec<f32>);
    impl<B: Backend> ModuleVisitor<B> for Collect {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            self.0.extend(values(param.val()));
        }
    }
    let mut visitor = Collect(Vec::new());
    module.visit(&mut visitor);
    visitor.0
}

/// The gradients of all weights of `module`; zero where a weight had no part in the loss.
pub fn collect_gradients<B: AutodiffBackend, M: Module<B>>(module: &M, gradients: &B::Gradients) -> Vec<f32> {
    struct Collect<'a, B: AutodiffBackend>(Vec<Tensor<B::InnerBackend, 1>>, &'a B::Gradients);
    impl<B: AutodiffBackend> ModuleVisitor<B> for Collect<'_, B> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            let count = param.shape().num_elements();
            self.0.push(match param.val().grad(self.1) {
                Some(gradient) => gradient.reshape([count]),
                None => Tensor::zeros([count], &param.val().device()),
            });
        }
    }
    let mut visitor = Collect(Vec::new(), gradients);
    module.visit(&mut visitor);
    // In one piece, for every transfer from a graphics device waits for it.
    values(Tensor::cat(visitor.0, 0)).collect()
}

/// `module` with the weights `weights`, as many as [`collect`] gives; they require gradients where the old ones did.
pub fn assign<B: Backend, M: Module<B>>(module: M, weights: &[f32]) -> M {
    struct Assign<'a>(&'a [f32]);
    impl<B: Backend> ModuleMapper<B> for Assign<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            param.map(|old| {
                let (mine, rest) = self.0.split_at(old.shape().num_elements());
                self.0 = rest;
                let fresh = Tensor::from_data(TensorData::new(mine.to_vec(), old.shape()), &old.device());
                fresh.set_require_grad(old.is_require_grad())
            })
        }
    }
    module.map(&mut Assign(weights))
}

/// The values of a tensor in C order.
pub fn values<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> impl Iterator<Item = f32> {
    tensor.into_data().convert::<f32>().into_vec::<f32>().unwrap_or_default().into_iter()
}
